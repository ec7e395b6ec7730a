{#- Fails for values outside [minimum, maximum]; either end may be open. A null is no value and passes. -#}
{% test in_range(model, column_name, minimum=none, maximum=none) %}
select {{ column_name }}
from {{ model }}
where not (
    {{ column_name }} >= {{ column_name if minimum is none else minimum }}
    and {{ column_name }} <= {{ column_name if maximum is none else maximum }}
)
{% endtest %}
