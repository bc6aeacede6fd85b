#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
using Metaflow.Client;

// Prints the models that hyperparameter-search.cs trained, the best first, from all its runs here.
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

/// <summary>What a model was trained with.</summary>
public sealed record Setting(int Degree, double Penalty);

/// <summary>A trained model, as far as the ranking needs it.</summary>
public sealed record Trial(Setting Setting, double Error);
