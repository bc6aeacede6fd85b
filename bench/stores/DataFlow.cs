using Metaflow;
using Metaflow.ObjectStorage.Data;

/// <summary>A step that keeps 2,000 objects of 1 to 10 KB of its own and reads them again, or only makes them.</summary>
public sealed partial class DataFlow : FlowSpec
{
    private const int Count = 2000;

    /// <summary>Whether the objects are made, and not stored.</summary>
    [Parameter(Help = "make the objects and do not store them")]
    public partial bool OnlyMakes { get; }

    public partial long Bytes { get; set; }

    [Step]
    async Task<Transition> Start()
    {
        var random = new Random(1);
        var puts = new ObjectPut[Count];
        for (var i = 0; i < Count; i++)
        {
            var content = new byte[random.Next(1000, 10_000)];
            random.NextBytes(content);
            puts[i] = new ObjectPut($"small/{i}", content);
        }

        Bytes = 0;
        if (!OnlyMakes)
        {
            using var data = ObjectFolder.ForRun(Current);
            await data.PutManyAsync(puts);
            var found = await data.GetManyAsync(puts.Select(static put => put.Key));
            Bytes = found.Sum(static one => one.Size);
        }

        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(Bytes);
}
