{#- Every record of every source in one shape, and why it is no play of music, where it is none. -#}
{{ config(materialized='view') }}

{%- set columns = record_columns() %}

with

records as (
    {%- for feed in [
        'spotify_extended_history', 'spotify_account_history', 'lastfm_scrobbles', 'listenbrainz_listens',
        'maloja_scrobbles', 'koito_listens', 'spotify_recently_played', 'synthetic_plays',
    ] %}
    select {{ columns | join(', ') }} from {{ ref(feed) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    {{ columns | join(',\n    ') }},
    case
        when content_type = 'episode' then 'podcast'
        when content_type = 'audiobook' then 'audiobook'
        when content_type = 'unknown' then 'no_track'
        when coalesce(track_name, '') = '' or coalesce(artist_name, '') = '' then 'no_name'
        when ms_played = 0 then 'zero_length'
        {%- if var('incognito') == 'excluded' %}
        when incognito then 'incognito_excluded'
        {%- endif %}
    end as reason
from records
