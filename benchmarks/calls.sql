-- One row per log line delivered on one day: what the gateway saw, and in which hour's file it
-- stands. The columns are those that the demo's payload query asks for.
create or replace temp table drawn_calls as
with

calls as (

    select
        *,
        unnest(generate_series(first_call, last_call - 1)) as call
    from hours
    where day = getvariable('day') and last_call > first_call

),

asked_calls as (

    select
        calls.*,
        features.* exclude (month, from_share, to_share),
        customers.* exclude (customer_number),
        chance(call, 3) < 0.05 and not is_batch as is_cache_hit
    from calls
    inner join features
        on
            calls.month = features.month
            and chance(calls.call, 1) >= features.from_share
            and chance(calls.call, 1) < features.to_share
    inner join customers
        on
            cast(floor(power(chance(calls.call, 2), 2.2) * getvariable('customers')) as integer)
            = customers.customer_number

),

answered_calls as (

    select
        *,
        not is_cache_hit and chance(call, 4) < 0.02 as is_failed,
        is_edge and not is_cache_hit and chance(call, 5) < 0.35 as is_on_device,
        cast(3600000 * chance(call, 6) as bigint) as hour_ms,
        cast(ceil(usual_prompt * spread(call, 7)) as bigint) as asked_tokens,
        cast(ceil(usual_completion * spread(call, 9)) as bigint) as answer_tokens
    from asked_calls

),

measured_calls as (

    select
        *,
        case when is_failed and is_api then 0 else asked_tokens end as prompt,
        case when chance(call, 11) < 0.5 then cast(floor(prompt * 0.6) as bigint) else 0 end
            as cache_read,
        case when is_anthropic and chance(call, 12) < 0.3 then cast(floor(prompt * 0.2) as bigint)
            else 0 end as cache_write,
        case when is_failed then 0 else answer_tokens end as completion,
        cast(floor(completion * reasoning_share) as bigint) as reasoning,
        case when not is_cache_hit and not is_on_device then gpu_pool end as pool,
        cast(ceil(usual_gpu_ms * spread(call, 13)) as bigint) as gpu_ms
    from answered_calls

),

labelled_calls as (

    select
        *,
        getvariable('id_prefix') as id_prefix,
        call as source_call,
        case when not is_cache_hit and not is_failed and chance(call, 14) < 0.014 then call - 1 end
            as retried_call,
        hour_ms + hour_of_day * 3600000 as start_ms,
        starts_s + hour_ms / 1000 as start_s,
        starts_s + (hour_ms + 300 + completion * 11) / 1000 as end_s,
        case when not (is_watch or chance(call, 15) < 0.02) then customer_name end as customer_id,
        concat(coalesce(customer_id, 'staff'), '-u', cast(floor(chance(call, 16) * 20) as integer))
            as user_id,
        case
            when is_watch then 'monitoring'
            when customer_id is null then if(chance(call, 17) < 0.7, 'internal', 'evaluation')
            when is_trial then 'trial'
            else 'production'
        end as purpose_name,
        case when chance(call, 18) >= unversioned_share then version end as version_name,
        not (is_unpriceable and not is_failed and not is_cache_hit and chance(call, 19) < 0.3)
            as is_priced,
        (prompt - cache_read - cache_write) * input_nano_usd
        + cache_read * cache_read_nano_usd
        + cache_write * cache_write_nano_usd as input_nano,
        completion * output_nano_usd as output_nano
    from measured_calls

)

-- the gateway sends one call in a hundred again, an hour later while the day lasts
select
    *,
    number as file_hour,
    false as is_repeat
from labelled_calls
union all
select
    *,
    least(number + 1, day * 24 + 23) as file_hour,
    true as is_repeat
from labelled_calls
where chance(call, 20) < getvariable('repeated_share');
