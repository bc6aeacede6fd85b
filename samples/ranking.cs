#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
using Metaflow.Client;

// Prints the models of all runs of hyperparameter-search.cs here, the best first.
var client = new MetaflowClient(Environment.GetEnvironmentVariable("METAFLOW_DATASTORE_SYSROOT_LOCAL") ?? ".");
var trials =
    from run in client.Flow("HyperparameterSearchFlow").Runs()
    where run.Successful
    from trial in run.Data.Get<List<Trial>>("ranking")
    orderby trial.Error
    select (Run: run.Id, Trial: trial);

Console.WriteLine($"{"run",-18} {"degree",6} {"penalty",9} {"error",8}");
foreach (var (run, trial) in trials)
{
    Console.WriteLine($"{run,-18} {trial.Setting.Degree,6} {trial.Setting.Penalty,9} {trial.Error,8:0.0000}");
}

/// <summary>The settings with which a model was trained.</summary>
public sealed record Setting(int Degree, double Penalty);

/// <summary>The data of a trained model that the ranking needs.</summary>
public sealed record Trial(Setting Setting, double Error);
