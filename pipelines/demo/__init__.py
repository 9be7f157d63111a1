"""A generated company: the files its vendors would send, labelled synthetic.

The product works on documents: an interactive assistant and nightly extraction on the company's own
GPUs, summaries and document review through model APIs, autocomplete partly on the device.
"""
