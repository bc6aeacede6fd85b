// Turns the movie table of vega-datasets into the four columns that the samples read: node movies.mjs movies.json movies.csv
import { readFileSync, writeFileSync } from "node:fs";

const [source, target] = process.argv.slice(2);

// The table ends in 2011; its years have passed through two digits, so that a later one belongs to the century before.
const lastYear = 2011;

const genresOf = {
  "Black Comedy": ["Comedy"],
  "Concert/Performance": ["Music"],
  "Romantic Comedy": ["Comedy", "Romance"],
  "Thriller/Suspense": ["Thriller"],
};

// What the table calls the creative type of a film says a genre too, for these types.
const genreOfCreativeType = {
  "Fantasy": "Fantasy",
  "Historical Fiction": "History",
  "Kids Fiction": "Family",
  "Science Fiction": "Sci-Fi",
  "Super Hero": "Superhero",
};

function genres(movie) {
  const major = movie["Major Genre"];
  const names = major === null ? [] : (genresOf[major] ?? [major]);
  const creative = genreOfCreativeType[movie["Creative Type"]];
  return [...new Set(creative === undefined ? names : [...names, creative])].sort();
}

function year(movie) {
  const written = Number(movie["Release Date"].slice(-4));
  return written > lastYear ? written - 100 : written;
}

function field(value) {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const rows = JSON.parse(readFileSync(source, "utf8"))
  .map((movie) => [movie["Title"], year(movie), genres(movie).join("|"), movie["US Gross"]])
  .filter(([title, , names, gross]) => title !== null && names !== "" && gross !== null)
  .map(([title, ...rest]) => [String(title).trim(), ...rest])
  .sort((a, b) => compare(a[0], b[0]) || a[1] - b[1] || a[3] - b[3] || compare(a[2], b[2]));

const lines = [["movie_title", "title_year", "genres", "gross"], ...rows].map((row) => row.map(field).join(","));
writeFileSync(target, [...new Set(lines)].join("\n") + "\n");
console.log(`${lines.length - 1} movies`);
