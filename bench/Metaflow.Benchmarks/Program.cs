using Metaflow.Benchmarks;

switch (args)
{
    case ["serialization"]:
        SerializationBenchmarks.Run();
        return 0;
    case ["storage"]:
        await StorageBenchmarks.RunAsync();
        return 0;
    case ["commands", var rounds, .. var commands] when int.TryParse(rounds, out var count) && commands.Length > 0:
        return CommandBenchmarks.Run(count, commands);
    default:
        Console.Error.WriteLine("""
            Usage: Metaflow.Benchmarks serialization | storage | commands ROUNDS NAME=COMMAND...
            Each measurement stands beside a baseline of the same minute; the first command is the baseline of the others.
            """);
        return 2;
}
