{#- Fails for keys whose weights do not sum to 1; weights are rounded to nine digits. -#}
{% test weights_sum_to_one(model, key) %}
select
    {{ key }},
    sum(weight) as total
from {{ model }}
group by {{ key }}
having abs(sum(weight) - 1) > 0.000001
{% endtest %}
