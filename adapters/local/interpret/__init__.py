"""Workflow templates of Argo as data: what they mean, and how a run of one proceeds. Pure: no file, process or clock.

The subset: ``container``, ``script``, ``steps``, ``dag``, ``suspend``; parameters in and out, also by global name;
``when``, ``withItems``, ``withParam``, ``withSequence``, ``retryStrategy``, ``templateRef``, ``onExit``. Everything
else is refused before a run begins, by the field and the template it stands in.
"""
