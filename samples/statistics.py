# The work of two steps of pandas-versions.cs. 'genres', 'gross' and 'versions' are artifacts; 'medians' and 'versions' become artifacts.
import pandas
from metaflow_step import current

movies = pandas.DataFrame({"genre": [text.split("|") for text in genres], "gross": gross}).explode("genre")
medians = {genre: float(median) for genre, median in movies.groupby("genre")["gross"].median().items()}
versions = versions + [pandas.__version__]
print("in", current.step_name, "with pandas", pandas.__version__)
