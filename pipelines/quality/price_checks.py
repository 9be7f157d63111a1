"""The check on the price book: at any moment, one price per kind of token and one currency."""

from pipelines.quality.checks import Check
from pipelines.quality.rules import NoRows

# Of two prices for one kind of token one would be taken at will; two currencies would count what
# was used twice.
OVERLAPPING = """
    select
        earlier.model, earlier.provider, earlier.token_kind, later.valid_from_at,
        earlier.amount_per_million_tokens, earlier.currency, later.token_kind as later_token_kind,
        later.amount_per_million_tokens as later_amount_per_million_tokens,
        later.currency as later_currency
    from {batch} as earlier
    inner join {batch} as later
        on earlier.model = later.model
        and earlier.provider = later.provider
        and (earlier.token_kind = later.token_kind or earlier.currency <> later.currency)
    where
        -- each pair once
        (
            earlier.valid_from_at, earlier.token_kind, earlier.currency,
            earlier.amount_per_million_tokens
        ) < (
            later.valid_from_at, later.token_kind, later.currency, later.amount_per_million_tokens
        )
        and (
            earlier.valid_to_at is null
            or later.valid_from_at < earlier.valid_to_at
            or later.valid_from_at = earlier.valid_from_at
        )
"""

PRICES_DO_NOT_OVERLAP = Check(
    name="prices_do_not_overlap",
    description="at any moment a model has one price per kind of token, all in one currency",
    schema="staging",
    table="stg_model_prices",
    column="valid_from_at",
    severity="critical",
    rule=NoRows(OVERLAPPING),
    key=("model", "provider", "token_kind", "valid_from_at"),
    remedy="let a price end (valid_to) where the next begins, or leave valid_to empty, and quote a"
    " model in one currency per provider; deliver the file again into landing/model_prices/",
)
