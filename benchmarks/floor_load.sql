-- Files into tables: only the columns that the result needs, read with their types.
create table requests as
select
    id as request_id,
    hash(id) as key_hash,
    filename as delivered_in,
    make_timestamp(cast(round("startTime" * 1000000) as bigint)) as started_at,
    custom_llm_provider as provider,
    model,
    metadata.spend_logs_metadata.gpu_pool as gpu_pool,
    metadata.spend_logs_metadata.model_version as model_version,
    metadata.spend_logs_metadata.execution as execution,
    metadata.spend_logs_metadata.retry_of is not null as is_retry,
    metadata.spend_logs_metadata.gpu_seconds as gpu_seconds,
    end_user as customer_id,
    split_part(split_part(request_tags, '"feature:', 2), '"', 1) as feature,
    split_part(split_part(request_tags, '"purpose:', 2), '"', 1) as purpose,
    status,
    cache_hit as is_cache_hit,
    prompt_tokens as input_tokens,
    completion_tokens as output_tokens,
    metadata.usage_object.prompt_tokens_details.cached_tokens as cache_read_tokens,
    metadata.usage_object.prompt_tokens_details.cache_creation_tokens as cache_write_tokens,
    cast(response_cost as decimal(18, 12)) as reported_usd
from read_json(
    getvariable('landing') || '/inference_logs/*.gz',
    format = 'newline_delimited',
    filename = true,
    columns = {
        id: 'varchar',
        startTime: 'double',
        custom_llm_provider: 'varchar',
        model: 'varchar',
        end_user: 'varchar',
        request_tags: 'varchar',
        status: 'varchar',
        cache_hit: 'boolean',
        prompt_tokens: 'bigint',
        completion_tokens: 'bigint',
        response_cost: 'double',
        metadata: 'struct(
            spend_logs_metadata struct(
                gpu_pool varchar, gpu_seconds double, model_version varchar, execution varchar,
                retry_of varchar
            ),
            usage_object struct(
                prompt_tokens_details struct(cached_tokens bigint, cache_creation_tokens bigint)
            )
        )'
    }
);

create table charges as
select * from read_csv(
    getvariable('landing') || '/gpu_billing/*.csv',
    nullstr = 'NULL',
    types = {
        'EffectiveCost': 'decimal(38, 12)',
        'ConsumedQuantity': 'double',
        'Tags': 'varchar',
        'ChargePeriodStart': 'timestamp',
        'BillingPeriodStart': 'timestamp'
    }
);

create table customers as
select * from read_csv(getvariable('landing') || '/customers/*.csv', all_varchar = true);

create table revenue as
select * from read_csv(
    getvariable('landing') || '/revenue/*.csv', types = {'amount': 'decimal(38, 12)'}
);

create table model_versions as
select * from read_csv(
    getvariable('landing') || '/model_versions/*.csv',
    types = {'version': 'varchar', 'promoted_at': 'timestamp', 'retired_at': 'timestamp'}
);

create table model_prices as
select * from read_csv(
    getvariable('landing') || '/model_prices/*.csv',
    types = {
        'price_per_million': 'decimal(18, 6)', 'valid_from': 'timestamp', 'valid_to': 'timestamp'
    }
);

create table exchange_rates as
select * from read_csv(
    getvariable('landing') || '/exchange_rates/*.csv', types = {'rate_to_reporting': 'decimal(18, 10)'}
);
