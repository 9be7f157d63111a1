"""The check on `raw.labeling_invoices`: what a line cannot say without the rest of its document."""

from pipelines.quality.checks import Check
from pipelines.quality.rules import NoRows

CREDITED_THE_WRONG_WAY = """
    with notes as (
        select issuer, invoice_number, currency,
            sum(line_amount) as credited_amount, max(_file_id) as file_id
        from {batch}
        where document_type = 'credit_note'
        group by issuer, invoice_number, currency
    )
    select load_files.path, notes.issuer, notes.invoice_number, notes.currency,
        notes.credited_amount
    from notes
    inner join ops.load_files on notes.file_id = load_files.file_id
    where notes.credited_amount > 0
"""

CREDIT_NOTES_LOWER_THE_COST = Check(
    name="credit_notes_lower_the_cost",
    description="the lines of a credit note come to nothing or less than nothing",
    schema="raw",
    table="labeling_invoices",
    column="line_amount",
    also_reads=("ops.load_files",),
    severity="critical",
    rule=NoRows(CREDITED_THE_WRONG_WAY),
    key=("path", "issuer", "invoice_number"),
    remedy="a credit note in canonical columns has negative amounts (an e-invoice prints them"
    " positive and is turned): deliver the file again under its name with -60.00 for 60.00",
)
