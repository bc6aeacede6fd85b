using System.Globalization;
using Metaflow.ObjectStorage.Data;

namespace Metaflow.Scenarios.Flows;

/// <summary>Steps that keep data of their own in a store, beside a file that may come from there.</summary>
public partial class DataFlow : FlowSpec
{
    private const int Parts = 4;

    [IncludeFile]
    public partial string? Given { get; }

    public partial string Address { get; set; }

    /// <summary>Where the start kept its objects: a run that was resumed has them in the folder of the first run.</summary>
    public partial string Folder { get; set; }

    public partial string Doubled { get; set; }

    public partial int Total { get; set; }

    [Step]
    async Task<Transition> Start()
    {
        using var data = ObjectFolder.ForRun(Current);
        await data.PutManyAsync(
            Enumerable.Range(0, 40).Select(static i => new ObjectPut($"in/{i % Parts}/{i}", i.ToString(CultureInfo.InvariantCulture))),
            cancellationToken: Current.CancellationToken);
        Folder = data.Address!;
        Address = (await data.PutAsync("given.txt", "kept in the store")).Address;
        return Next(Double, forEach: Enumerable.Range(0, Parts).ToList());
    }

    [Step]
    async Task<Transition> Double(int part)
    {
        using var given = ObjectFolder.Open(Folder);
        using var data = ObjectFolder.ForRun(Current);
        Doubled = data.Address!;
        var found = await given.GetRecursiveAsync([$"in/{part}"]);
        await data.PutManyAsync(found.Select(static one => new ObjectPut($"out/{one.Info.Suffix}", one.ReadText() + one.ReadText())));
        return Next(Join);
    }

    [Step]
    async Task<Transition> Join(Inputs<DataFlow> inputs)
    {
        var total = 0;
        foreach (var folder in inputs.Select(static input => input.Doubled).Distinct())
        {
            using var data = ObjectFolder.Open(folder);
            total += (await data.GetRecursiveAsync(["out"])).Sum(static one => one.ReadText().Length);
        }

        Total = total;
        MergeArtifacts(inputs, exclude: [nameof(Doubled)]);
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"total {Total} given {Given ?? "null"} at {Address};");
}
