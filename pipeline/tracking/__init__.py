"""MLflow: a row for each configuration, which never stops a run. Nothing else imports mlflow.

rows       the row while a stage runs; sync from what DVC keeps
record     what writes to one row
contents   what of DVC's files a row holds; a new artifact or number goes there
models     a row's net as a model that MLflow shows, loads, serves and registers
pyfunc     how MLflow loads and asks it
store      MLflow's store, open: experiment, the row of a key
address    where the rows are, said without secrets
relocation artifacts that follow the repository
cures      what an error means and what to do about it
view       the prepared view: columns, charts; a new column goes there
revisions  what DVC keeps of other commits and of experiments
ui         MLflow's page on loopback
"""
