"""Words that questions are made of, and that names are made of too: `Time`, `Home`, `Yesterday`, `The Band`.

Names of songs cover most of the common words of English, so that such a word alone says nothing of a name. How much
must speak for one is in three steps; what can speak for it is in cues.py. Not a dictionary: only words that a question
about listening is likely to hold. Words of labels and synonyms of the metrics are among them (a test holds that).
"""

from __future__ import annotations

FREE, ORDINARY, TIME, STRUCTURE = range(4)
"""How much must speak for a name of such words: nothing; any cue; one that says what is named; `called`, or quotes."""

# What holds sentences together, and what they ask for: without these no question can be told from a title.
STRUCTURE_WORDS = frozenset(
    {
        "a", "about", "above", "account", "across", "after", "again", "against", "ago", "album", "albums",
        "all", "almost", "along", "already", "also", "although", "altogether", "always", "am", "among", "an",
        "and", "annual", "annually", "another", "answer", "any", "anybody", "anyone", "anything", "anyway",
        "are", "aren", "arent", "artist", "artists", "as", "ask", "at", "average", "averages", "avg", "away",
        "back", "band", "bands", "be", "became", "because", "become", "been", "before", "began", "begin",
        "being", "below", "beside", "besides", "best", "better", "between", "beyond", "biggest", "both",
        "bottom", "breakdown", "broken", "but", "by", "called", "came", "can", "cannot", "cant", "certain",
        "come", "comes", "compare", "compared", "comparing", "comparison", "complete", "completed",
        "completion", "could", "couldnt", "count", "counts", "couple", "current", "currently", "daily", "data",
        "date", "dates", "day", "daypart", "days", "decade", "decades", "delete", "device", "devices", "did",
        "didnt", "differ", "difference", "different", "discover", "discovered", "discoveries", "discovery",
        "distinct", "do", "does", "doesnt", "doing", "done", "dont", "down", "dozen", "drop", "during", "each",
        "either", "else", "end", "ended", "ends", "enough", "entitled", "even", "ever", "every", "everybody",
        "everyone", "everything", "exactly", "except", "fairly", "families", "family", "far", "favorite",
        "favorites", "favourite", "favourites", "few", "fewer", "fewest", "figure", "figures", "find", "finish",
        "finished", "first", "for", "forgotten", "found", "fourth", "from", "full", "further", "gave", "genre",
        "genres", "get", "gets", "getting", "gimme", "give", "given", "gives", "go", "goes", "going", "gone",
        "gonna", "got", "grew", "group", "grouped", "groups", "grow", "growth", "ha", "had", "half", "hardly",
        "has", "hasnt", "have", "havent", "having", "he", "hear", "heard", "hearing", "her", "here", "hers",
        "high", "higher", "highest", "him", "his", "history", "hit", "hits", "hour", "hourly", "hours", "how",
        "however", "hows", "i", "id", "if", "ignore", "ill", "im", "in", "indeed", "instead", "instructions",
        "into", "is", "isnt", "it", "its", "itself", "ive", "just", "kind", "kinds", "know", "known", "largest",
        "last", "lately", "later", "latest", "least", "less", "let", "lets", "like", "likely", "list", "listen",
        "listened", "listener", "listeners", "listening", "listens", "lot", "lots", "low", "lower", "lowest",
        "made", "mainly", "make", "makes", "many", "max", "maximum", "may", "maybe", "me", "mean", "means",
        "median", "metrics", "might", "min", "mine", "minimum", "minute", "minutes", "month", "monthly",
        "months", "more", "most", "mostly", "much", "music", "musician", "musicians", "must", "my", "myself",
        "name", "named", "names", "near", "nearly", "need", "neither", "never", "new", "newest", "next", "no",
        "nobody", "none", "nor", "not", "nothing", "now", "number", "numbers", "of", "off", "often", "oh", "ok",
        "okay", "old", "older", "oldest", "on", "once", "one", "ones", "only", "onto", "or", "order", "other",
        "others", "otherwise", "our", "ours", "out", "over", "overall", "own", "part", "parts", "past",
        "people", "per", "percent", "percentage", "perhaps", "period", "periods", "place", "platform",
        "platforms", "play", "played", "player", "playing", "playlist", "playlists", "plays", "please", "pls",
        "plus", "plz", "possible", "previous", "previously", "prompt", "proportion", "put", "quarter",
        "quarterly", "quarters", "query", "question", "questions", "quite", "rank", "ranked", "ranking",
        "rapper", "rappers", "rarely", "rate", "rather", "ratio", "really", "recent", "recently", "recommend",
        "recommendation", "recommendations", "recommended", "record", "recording", "recordings", "records",
        "regularly", "release", "released", "releases", "repeat", "repeated", "repeats", "replay", "replays",
        "row", "rows", "same", "say", "says", "scrobble", "scrobbles", "season", "seasons", "second", "seconds",
        "see", "seen", "seldom", "select", "session", "sessions", "set", "several", "shall", "share", "shares",
        "she", "should", "show", "shows", "similar", "since", "singer", "singers", "single", "singles", "skip",
        "skipped", "skipping", "skips", "smallest", "so", "some", "somebody", "someone", "something",
        "sometimes", "somewhere", "song", "songs", "soon", "sort", "sorted", "sorts", "source", "sources",
        "split", "sql", "stat", "statistics", "stats", "still", "streak", "streaks", "stream", "streamed",
        "streaming", "streams", "stuff", "style", "styles", "such", "sum", "summary", "sure", "system", "table",
        "take", "taken", "tell", "than", "thank", "thanks", "that", "thats", "the", "their", "them", "then",
        "there", "these", "they", "thing", "things", "third", "this", "those", "though", "through",
        "throughout", "thus", "thx", "till", "times", "timezone", "title", "titled", "titles", "to", "together",
        "told", "too", "top", "total", "totals", "toward", "towards", "track", "tracks", "trend", "trends",
        "tune", "tunes", "twice", "type", "types", "typical", "typically", "u", "under", "unique", "unless",
        "until", "up", "upon", "us", "user", "users", "usual", "usually", "various", "versus", "very", "via",
        "vs", "wanna", "want", "wanted", "was", "wasnt", "way", "ways", "we", "week", "weekday", "weekdays",
        "weekend", "weekends", "weekly", "weeks", "well", "went", "were", "what", "whatever", "whats", "when",
        "whenever", "where", "which", "while", "who", "whole", "whom", "whos", "whose", "why", "will", "with",
        "within", "without", "wont", "would", "year", "yearly", "years", "yes", "yet", "you", "your", "yours",
        "zero", "zone",
    }
)  # fmt: skip
# Of the clock and the calendar, and numbers: they may be a title, but `by summer` and `played monday` are not.
TIME_WORDS = frozenset(
    {
        "afternoon", "afternoons", "apr", "april", "aug", "august", "autumn", "bedtime", "birthday",
        "breakfast", "christmas", "dawn", "dec", "december", "dinner", "dusk", "easter", "eight", "eleven",
        "eve", "evening", "evenings", "fall", "feb", "february", "fifteen", "fifth", "fifty", "five", "forty",
        "four", "friday", "fridays", "halloween", "holiday", "holidays", "hundred", "jan", "january", "jul",
        "july", "jun", "june", "lunch", "lunchtime", "mar", "march", "midday", "midnight", "monday", "mondays",
        "morning", "mornings", "night", "nights", "nighttime", "nine", "noon", "nov", "november", "oct",
        "october", "saturday", "saturdays", "semester", "sep", "sept", "september", "seven", "six", "sixth",
        "spring", "summer", "summers", "sunday", "sundays", "ten", "tenth", "thanksgiving", "thirty",
        "thousand", "three", "thursday", "thursdays", "today", "tomorrow", "tonight", "tuesday", "tuesdays",
        "twelve", "twenty", "two", "vacation", "valentine", "valentines", "wednesday", "wednesdays", "winter",
        "winters", "yesterday",
    }
)  # fmt: skip
# What people say around a question, and the words of moods, places and the music business.
ORDINARY_WORDS = frozenset(
    {
        "accounts", "acoustic", "active", "add", "added", "advisory", "age", "ages", "air", "alive", "alone",
        "amount", "angry", "audience", "audio", "autumnal", "baby", "bad", "ballad", "ballads", "bar", "beach",
        "beat", "beats", "beautiful", "bed", "big", "bird", "black", "blue", "body", "book", "books", "bored",
        "boring", "boy", "boys", "bpm", "break", "bright", "broad", "broader", "broke", "brother", "busiest",
        "calendar", "calm", "car", "cars", "chance", "change", "changed", "changes", "changing", "child",
        "children", "chill", "choice", "chorus", "city", "class", "classic", "classics", "clean", "clock",
        "close", "cold", "collection", "color", "colour", "common", "commute", "completely", "computer", "cook",
        "cooking", "cool", "cosine", "country", "cover", "covers", "crazy", "cry", "crying", "cut", "dance",
        "danceability", "danceable", "dancing", "dark", "daytime", "dead", "death", "deep", "demo", "dirty",
        "disc", "discs", "diverse", "diversity", "dream", "dreams", "drive", "driving", "drunk", "duet",
        "duration", "early", "easy", "energetic", "energy", "english", "enjoy", "enjoyed", "entropy", "era",
        "eras", "events", "evolution", "evolve", "explicit", "exploration", "explore", "extended", "eyes",
        "fact", "fade", "fake", "fan", "fans", "fast", "father", "fav", "fave", "faves", "feel", "feeling",
        "feelings", "fire", "fit", "food", "fool", "foreign", "free", "french", "friend", "friends", "fun",
        "funny", "future", "game", "games", "gap", "gaps", "german", "girl", "girls", "good", "great", "guilty",
        "gym", "habit", "habits", "hand", "happen", "happened", "happiness", "happy", "hard", "hate", "head",
        "heart", "heartbreak", "heaven", "heavy", "hello", "help", "hey", "hobby", "home", "hope", "hot",
        "house", "household", "idea", "ids", "incomplete", "independent", "instrumental", "intensity",
        "interest", "interested", "international", "interval", "invented", "job", "join", "joy", "keep", "key",
        "kid", "kids", "king", "label", "language", "late", "leave", "length", "lengths", "lesson", "level",
        "life", "light", "lights", "line", "little", "live", "lo", "local", "lonely", "long", "longer",
        "longest", "look", "lose", "lost", "loud", "love", "loved", "lover", "lovers", "loves", "loving",
        "loyal", "loyalty", "lucky", "lyric", "lyrics", "mainstream", "major", "man", "mellow", "memories",
        "memory", "message", "metric", "middle", "mind", "minor", "miss", "missing", "mix", "mode", "modern",
        "moment", "moments", "money", "mood", "moods", "mother", "move", "moved", "movie", "movies", "muse",
        "nation", "nice", "nostalgia", "nostalgic", "note", "obsessed", "obsession", "oclock", "office",
        "oldies", "online", "open", "original", "outside", "owl", "owls", "parent", "parental", "partial",
        "parties", "party", "peace", "peak", "peaks", "perfect", "person", "phase", "phone", "pick", "picks",
        "piece", "places", "plan", "plans", "pleasure", "poem", "popular", "popularity", "positive",
        "positiveness", "power", "price", "provider", "queen", "quiet", "radio", "rain", "rainy", "random",
        "raw", "read", "reading", "ready", "real", "relax", "relaxing", "remember", "remix", "repetition",
        "rest", "right", "road", "rolling", "romantic", "room", "run", "running", "sad", "sadness", "safe",
        "sang", "scene", "school", "score", "secret", "seem", "sense", "sensitive", "service", "shape", "shift",
        "short", "shorter", "shortest", "shower", "shuffle", "simulated", "sine", "sing", "singing", "sister",
        "sitting", "sittings", "sleep", "sleeping", "slow", "slower", "soft", "solo", "sorry", "soul", "sound",
        "sounded", "sounds", "soundtrack", "space", "spanish", "special", "speed", "spend", "spending", "spent",
        "stable", "star", "stars", "start", "started", "starting", "starts", "stay", "steady", "stop",
        "stopped", "story", "strange", "strong", "studio", "study", "studying", "suggest", "sun", "sunny",
        "sweet", "synthetic", "talk", "taste", "tastes", "tempo", "theme", "think", "thinking", "thought",
        "time", "tired", "touch", "town", "travel", "travelled", "trip", "true", "trust", "truth", "try",
        "turn", "underrated", "upbeat", "valence", "variety", "vibe", "vibes", "vinyl", "violence", "voice",
        "wait", "wake", "walk", "walking", "wander", "watch", "water", "wave", "weather", "wedding", "weird",
        "wife", "wild", "winner", "woman", "women", "wonder", "word", "words", "work", "working", "workout",
        "workouts", "world", "worst", "wrapped", "write", "wrong", "yeah", "young", "youth",
    }
)  # fmt: skip
# What the words of a question are misspelt from: a name that is no nearer is not meant.
OFTEN_MISSPELT = frozenset(word for word in STRUCTURE_WORDS | TIME_WORDS if len(word) >= 4) | {
    "love", "loved", "long", "longest", "country", "loyal", "length", "mainstream", "energy", "variety", "diversity",
    "weather", "lyrics", "shuffle", "spend", "spent", "start", "started", "morning", "stopped", "popular", "happy",
}  # fmt: skip
# Words that are one thing together; the second alone names nothing.
COMPOUNDS = frozenset(
    {
        ("and", "change"), ("cover", "songs"), ("heard", "live"), ("heard", "time"), ("listen", "time"),
        ("listening", "age"), ("listening", "habits"), ("listening", "mood"), ("listening", "time"),
        ("live", "albums"), ("live", "music"), ("live", "songs"), ("love", "song"), ("love", "songs"),
        ("of", "time"), ("over", "time"), ("play", "live"), ("play", "radio"), ("play", "time"),
        ("played", "live"), ("playing", "live"), ("playing", "time"), ("streaming", "time"),
    }
)  # fmt: skip
# Names that are turns of phrase in questions: only quotes and `called` make names of them.
TURNS_OF_PHRASE = frozenset(
    {
        "againandagain", "allday", "allnight", "allthetime", "alltime", "atall", "attheend", "bothofthem",
        "everyday", "everynight", "firsttime", "inall", "intheend", "intheevening", "inthemorning", "intotal",
        "lasttime", "lessandless", "moreandmore", "moreorless", "most", "mymusic", "mysong", "mysongs",
        "nowandthen", "ofalltime", "onandon", "overandover", "overtime", "sofar", "thebest", "thefirst",
        "thefirsttime", "thelast", "thelasttime", "theleast", "themost", "themusic", "thesame", "thesong",
        "thesongs", "thetop", "tothetop",
    }
)  # fmt: skip
# Words that end a question and name nothing: `when did I play the song most?`
ADVERBS = frozenset(
    {
        "again", "alone", "anymore", "before", "better", "daily", "either", "ever", "everywhere", "first",
        "here", "last", "lately", "least", "less", "more", "most", "mostly", "myself", "now", "off", "often",
        "on", "once", "out", "rarely", "recently", "regularly", "so", "sometimes", "somewhere", "soon", "still",
        "then", "there", "though", "through", "together", "too", "twice", "weekly", "yet",
    }
)  # fmt: skip
# What `by` and `per` group by, beside names that it introduces.
GROUPINGS = TIME_WORDS | frozenset({"time", "mood", "country", "language", "label", "era", "tempo", "energy", "age"})


def reserve(letters: str) -> int:
    """How much must speak for one word to be a name."""
    if letters in STRUCTURE_WORDS or len(letters) == 1:
        return STRUCTURE
    if letters in TIME_WORDS or letters.isdecimal():
        return TIME
    return ORDINARY if letters in ORDINARY_WORDS else FREE
