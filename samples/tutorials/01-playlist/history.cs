#!/usr/bin/env dotnet
#:project ../../../src/Metaflow/Metaflow.csproj
using Metaflow.Client;

// Prints every playlist that was ever made here, the newest first.
var client = new MetaflowClient(".");
foreach (var run in client.Flow("PlayListFlow").Runs().Where(run => run.Successful))
{
    Console.WriteLine($"Run {run.Id}: {run.Parameters["genre"]}: {string.Join(", ", run.Data.Get<List<string>>("playlist"))}");
}
