-- Requests without repeats, and from one row per request to one per hour and whom and what for.
create table repeated_keys as
select key_hash from requests
group by key_hash
having count(*) > 1;

create view kept_requests as
select * from requests
anti join repeated_keys using (key_hash)
union all
select * from (
    select * from requests
    semi join repeated_keys using (key_hash)
    qualify row_number() over (partition by request_id order by delivered_in desc) = 1
);

create table usage_per_hour as
select
    date_trunc('hour', started_at) as hour,
    gpu_pool,
    provider,
    model,
    model_version,
    coalesce(customer_id, '(unattributed)') as customer_id,
    feature,
    purpose,
    status,
    execution,
    is_cache_hit,
    is_retry,
    reported_usd is not null as has_reported_cost,
    count(*) as requests,
    sum(input_tokens) as input_tokens,
    sum(coalesce(cache_read_tokens, 0)) as cache_read_tokens,
    sum(coalesce(cache_write_tokens, 0)) as cache_write_tokens,
    sum(output_tokens) as output_tokens,
    cast(sum(cast(coalesce(gpu_seconds, 0) * 1000000 as bigint)) as hugeint) as gpu_microseconds,
    sum(reported_usd) as reported_usd
from kept_requests
group by all;

-- prices and versions change on the hour, so they can be looked up for the hour
create table prices as
select
    model,
    valid_from,
    coalesce(valid_to, timestamp '9999-01-01') as valid_to,
    cast(max(case when token_kind = 'input' then price_per_million end) * 1000000 as bigint)
        as input_picos,
    cast(max(case when token_kind = 'cache_read' then price_per_million end) * 1000000 as bigint)
        as cache_read_picos,
    cast(max(case when token_kind = 'cache_write' then price_per_million end) * 1000000 as bigint)
        as cache_write_picos,
    cast(max(case when token_kind = 'output' then price_per_million end) * 1000000 as bigint)
        as output_picos
from model_prices
group by all;

create table priced_usage as
select
    row_number() over () as usage_id,
    usage_per_hour.* exclude (model_version, reported_usd),
    coalesce(usage_per_hour.model_version, model_versions.version, '(unknown)') as model_version,
    cast(case
        when gpu_pool is not null or execution = 'on_device' or is_cache_hit then 0
        when has_reported_cost then reported_usd * 1000000000000
        else (input_tokens - cache_read_tokens - cache_write_tokens) * input_picos
            + cache_read_tokens * cache_read_picos
            + cache_write_tokens * cache_write_picos
            + output_tokens * output_picos
    end as hugeint) as api_picos
from usage_per_hour
left join model_versions
    on
        usage_per_hour.model = model_versions.model
        and usage_per_hour.hour >= model_versions.promoted_at
        and (model_versions.retired_at is null or usage_per_hour.hour < model_versions.retired_at)
left join prices
    on
        usage_per_hour.model = prices.model
        and usage_per_hour.hour >= prices.valid_from
        and usage_per_hour.hour < prices.valid_to;
