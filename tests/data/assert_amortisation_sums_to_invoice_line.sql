-- over the whole life of a dataset the months of a line sum to its amount
select
    source_feed,
    document_id,
    line_number,
    sum(billed_amount) as billed_amount,
    sum(effective_amount) as effective_amount
from {{ ref('int_data_assets_amortized') }}
group by source_feed, document_id, line_number
having sum(billed_amount) <> sum(effective_amount)
