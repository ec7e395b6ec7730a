{#- Every record of every source in one shape, and why it is no play of music, where it is none. -#}
{{ config(materialized='view') }}

{%- set columns = record_columns() %}

select
    {{ columns | join(',\n    ') }},
    case
        when content_type = 'episode' then 'podcast'
        when content_type = 'audiobook' then 'audiobook'
        when content_type = 'unknown' then 'no_track'
        when coalesce(trim(track_name), '') = '' or coalesce(trim(artist_name), '') = '' then 'no_name'
        when ms_played = 0 then 'zero_length'
    end as reason
from (
    {%- for feed in [
        'spotify_extended_history', 'spotify_account_history', 'lastfm_scrobbles', 'listenbrainz_listens',
        'maloja_scrobbles', 'koito_listens', 'spotify_recently_played', 'synthetic_plays',
    ] %}
    select {{ columns | join(', ') }} from {{ ref(feed) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
) as records
