{#- Expressions that give a word of the project one meaning wherever it is used. -#}

{#- A surrogate key: the MD5 of the columns as text, joined by `|`, a null as an empty text. -#}
{% macro md5_of(columns) -%}
    md5(
        {%- for column in columns -%}
            coalesce(cast({{ column }} as varchar), '')
            {%- if not loop.last %} || '|' || {% endif -%}
        {%- endfor -%}
    )
{%- endmacro %}


{#- The form in which names are compared: lower case, trimmed, single spaces. -#}
{% macro normalised_name(text) -%}
    trim({{ collapse_spaces('lower(' ~ text ~ ')') }})
{%- endmacro %}


{% macro artist_id_of(artist_name) -%}
    {{ md5_of([normalised_name(artist_name)]) }}
{%- endmacro %}


{#- Albums of one name by two artists are two albums; no name is no album. -#}
{% macro album_id_of(artist_name, album_name) -%}
    case
        when {{ album_name }} is not null
            then {{ md5_of([normalised_name(artist_name), normalised_name(album_name)]) }}
    end
{%- endmacro %}


{#- Saturday and Sunday. -#}
{% macro is_weekend(date) -%}
    {{ iso_weekday(date) }} >= 6
{%- endmacro %}


{#- Meteorological season of the northern hemisphere. -#}
{% macro season(date) -%}
    case
        when extract(month from {{ date }}) in (12, 1, 2) then 'winter'
        when extract(month from {{ date }}) in (3, 4, 5) then 'spring'
        when extract(month from {{ date }}) in (6, 7, 8) then 'summer'
        when extract(month from {{ date }}) in (9, 10, 11) then 'autumn'
    end
{%- endmacro %}


{#- English, whatever the session's language. -#}
{% macro month_name(month_number) -%}
    case {{ month_number }}
        {%- for name in [
            'January', 'February', 'March', 'April', 'May', 'June',
            'July', 'August', 'September', 'October', 'November', 'December',
        ] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}


{#- English, of an ISO day of the week. -#}
{% macro weekday_name(iso_weekday) -%}
    case {{ iso_weekday }}
        {%- for name in ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}


{#- Parts of the local day, six hours each. -#}
{% macro time_of_day_category(hour) -%}
    case
        when {{ hour }} < 6 then 'night'
        when {{ hour }} < 12 then 'morning'
        when {{ hour }} < 18 then 'afternoon'
        else 'evening'
    end
{%- endmacro %}


{#- Streams of over four hours are broken rows: files log nine to fifteen hours for a song of three minutes. -#}
{% macro is_overlong(ms_played) -%}
    coalesce({{ ms_played }} > 14400000, false)
{%- endmacro %}

{% macro capped_ms(ms_played) -%}
    {#- `least` skips a null on DuckDB and is null on Snowflake. -#}
    case when {{ ms_played }} > 14400000 then 14400000 else {{ ms_played }} end
{%- endmacro %}


{#- Share of the track that was played, 0 to 1; null when either length is unknown. -#}
{% macro completion_of(ms_played, length_ms) -%}
    case
        when {{ ms_played }} < {{ length_ms }} then cast({{ ms_played }} as double) / {{ length_ms }}
        when {{ ms_played }} is not null and {{ length_ms }} is not null then cast(1 as double)
    end
{%- endmacro %}


{#- The zone of a listener who has none of their own, as a literal. -#}
{% macro default_zone() -%}
    '{{ var("default_timezone") }}'
{%- endmacro %}


{#- Which of a track's records in the catalogue speaks for it: the most popular of a real catalogue. -#}
{% macro most_popular_first() -%}
    origin, popularity desc nulls last, duration_ms nulls last, track_name, artist_name, album_name nulls last,
    release_date nulls last, genre, subgenre, playlist_name
{%- endmacro %}


{#-
    The kind of device that a source's platform names, null where it names none. The order decides: a browser and a
    television name the system they run on, `windows phone` is no desktop, and what a phone casts to says `partner google`.
    `cast to device` does not tell a speaker from a television.
-#}
{% macro platform_family(platform) -%}
    {%- set families = [
        ('web', ['web_player%', 'webplayer%', '%web player%']),
        ('car', ['%carthing%', '%car_thing%', '%carplay%', '%android auto%', '%android_auto%', '%automotive%']),
        ('tv', [
            '%cast_tv%', '%chromecast%', '%android_tv%', '%android tv%', '%tizen%', '%webos%', '%smart_tv%', '%apple_tv%',
            '%appletv%', '%roku%', '%firetv%', '%fire_tv%', 'tvos%',
        ]),
        ('speaker', [
            'partner google%', '%sonos%', '%alexa%', '%echo%', '%homepod%', '%bose%', '%denon%', '%yamaha%', '%bluesound%',
            '%librespot%', '%speaker%',
        ]),
        ('phone', ['android%', 'ios%', '%iphone%', '%ipad%', 'windows phone%', 'windows_phone%', 'blackberry%']),
        ('desktop', ['windows%', 'osx%', 'os x%', 'macos%', 'linux%', 'chrome os%', 'cros%']),
    ] -%}
    case
        when {{ platform }} is null or lower({{ platform }}) in ('', 'not_applicable', 'unknown') then null
        {%- for family, patterns in families %}
        when
            {%- for pattern in patterns %}
            lower({{ platform }}) like '{{ pattern }}'{{ ' or' if not loop.last }}
            {%- endfor %}
            then '{{ family }}'
        {%- endfor %}
        else 'other'
    end
{%- endmacro %}


{#- Of the plays whose source tells whether they were cut short; null when none does. -#}
{% macro skip_rate_of(skipped) -%}
    cast(sum(case when {{ skipped }} then 1 else 0 end) as double) / nullif(count({{ skipped }}), 0)
{%- endmacro %}
