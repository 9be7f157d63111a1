"""What the company offers and what serves it: features, models, versions, prices.

Shares are parts of all calls (0-1); token counts are medians; prices are nano-dollars per token,
which is thousandths of a dollar per million tokens.
"""

from dataclasses import dataclass

CHAT_POOL = "chat-inference"
BATCH_POOL = "batch-inference"
TRAINING_POOL = "training"
INFERENCE_POOLS = (CHAT_POOL, BATCH_POOL)

PURPOSES = ("production", "trial", "internal", "evaluation", "monitoring")
PRODUCTION, TRIAL, INTERNAL, EVALUATION, MONITORING = range(len(PURPOSES))

TOKEN_KINDS = ("input", "cache_read", "cache_write", "output")


@dataclass(frozen=True, slots=True)
class Model:
    """A model: who serves it, where, and its price; `gpu_pool` is None for a model API."""

    name: str
    provider: str
    api_base: str
    gpu_pool: str | None = None
    gpu_seconds: float = 0.0
    reasoning_share: float = 0.0
    nano_usd: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def is_api(self) -> bool:
        """Somebody else's model, paid by the token."""
        return self.gpu_pool is None


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of the product: its model, its share of the calls, its usual size."""

    name: str
    model: Model
    share: float
    prompt_tokens: int
    completion_tokens: int


ATLAS_CHAT = Model("atlas-chat", "hosted_vllm", "http://chat.gpu.internal/v1", CHAT_POOL, 300.0)
ATLAS_MINI = Model("atlas-mini", "hosted_vllm", "http://chat.gpu.internal/v1", CHAT_POOL, 4.0)
ATLAS_EXTRACT = Model(
    "atlas-extract", "hosted_vllm", "http://batch.gpu.internal/v1", BATCH_POOL, 300.0
)
HAIKU = Model(
    "claude-haiku-4-5", "anthropic", "https://api.anthropic.com", nano_usd=(1000, 100, 1250, 5000)
)
SONNET = Model(
    "claude-sonnet-4-5",
    "anthropic",
    "https://api.anthropic.com",
    reasoning_share=0.3,
    nano_usd=(3000, 300, 3750, 15000),
)
GPT_MINI = Model(
    "gpt-4.1-mini", "openai", "https://api.openai.com/v1", nano_usd=(400, 100, 400, 1600)
)

FEATURES = (
    Feature("assistant", ATLAS_CHAT, 0.34, 6_000, 1_800),
    Feature("summaries", HAIKU, 0.18, 24_000, 700),
    Feature("document_review", SONNET, 0.10, 32_000, 1_500),
    Feature("search_answers", GPT_MINI, 0.18, 12_000, 400),
    Feature("extraction", ATLAS_EXTRACT, 0.13, 9_000, 500),
    Feature("autocomplete", ATLAS_MINI, 0.06, 700, 40),
    Feature("quality_monitoring", HAIKU, 0.01, 5_000, 120),
)
ASSISTANT, EXTRACTION, AUTOCOMPLETE, QUALITY_MONITORING = 0, 4, 5, 6

API_MODELS = (HAIKU, SONNET, GPT_MINI)
ANTHROPIC_MODELS = (HAIKU, SONNET)

# The one price change: from this month on gpt-4.1-mini costs four fifths of what it did.
PRICE_CHANGE_MONTH = 8
CHANGED_MODEL = GPT_MINI
CHANGED_NANO_USD = (320, 80, 320, 1280)

# The second generation of atlas-chat needs fewer GPU seconds; both serve for a few days.
FIRST_VERSION, SECOND_VERSION = "1.0", "2.0"
VERSION_CHANGE_MONTH = 6
PROMOTED_ON_DAY, RETIRED_ON_DAY = 10, 15
SECOND_VERSION_EFFORT = 0.65

DATASETS = ("ds-conversations", "ds-contracts", "ds-search-clicks")


def nano_usd_per_token(model: Model, month: int) -> tuple[int, int, int, int]:
    """Prices of a model in a month of the period, in the order of TOKEN_KINDS."""
    if model is CHANGED_MODEL and month >= PRICE_CHANGE_MONTH:
        return CHANGED_NANO_USD
    return model.nano_usd
