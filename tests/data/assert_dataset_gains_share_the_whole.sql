-- the parts of a release's gain that go to datasets sum to the whole of it
select
    model,
    model_version,
    sum(gain_share) as summed_share,
    1 as whole_share
from {{ ref('fct_dataset_gains') }}
group by model, model_version
having abs(sum(gain_share) - 1) > 0.000001
