using Metaflow;

return await FlowProgram.RunAsync<DoublesFlow>(args);

/// <summary>Two steps that hand 256 MiB of random doubles on: what storing and loading a large array costs, process starts
/// included.</summary>
public sealed partial class DoublesFlow : FlowSpec
{
    private const int Count = 1 << 25;

    public partial double[] Data { get; set; }

    [Step]
    Transition Start()
    {
        var data = new double[Count];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = Random.Shared.NextDouble();
        }

        Data = data;
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(Data.Length);
}
