"""MLflow: a row for each configuration, which never stops a run. Nothing else imports mlflow.

rows       the row while a stage runs; sync from what DVC keeps
contents   what of DVC's files a row holds; a new artifact or number goes there
store      where the rows are: address, experiment
view       the prepared view: columns, charts; a new column goes there
revisions  what DVC keeps of other commits and of experiments
ui         MLflow's page on loopback
"""
