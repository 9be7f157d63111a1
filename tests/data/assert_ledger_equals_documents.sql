-- Σ ledger = Σ document, per document and currency, to the cent
select
    document_id,
    document_month,
    currency,
    document_amount,
    ledger_amount
from {{ ref('fct_documents') }}
where abs(document_amount - ledger_amount) >= 0.01
