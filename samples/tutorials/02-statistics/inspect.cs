#!/usr/bin/env dotnet
#:project ../../../src/Metaflow/Metaflow.csproj
using Metaflow.Client;

// Prints the results of the newest successful run of stats.cs.
var client = new MetaflowClient(".");
var run = client.Flow("MovieStatsFlow").LatestSuccessfulRun!;
Console.WriteLine($"{"genre",-12} {"movies",6} {"median",12} {"mean",12}");
foreach (var (genre, found) in run.Data.Get<Dictionary<string, GenreStatistics>>("genre_stats")
    .OrderByDescending(one => one.Value.Median).Take(5))
{
    Console.WriteLine($"{genre,-12} {found.Count,6} {found.Median,12:N0} {found.Mean,12:N0}");
}

/// <summary>The statistics of one genre.</summary>
public sealed record GenreStatistics(double Mean, double Median, int Count, List<string> Top);
