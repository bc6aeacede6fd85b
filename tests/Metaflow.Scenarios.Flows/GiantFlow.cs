using System.Globalization;
using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>Hands on an array of 2.4 GB and a stream of 3 GiB: more bytes than one array of .NET has.</summary>
public sealed partial class GiantFlow : FlowSpec
{
    private const int Count = 300_000_000;
    private const long Length = 3L << 30;

    public partial double[] Numbers { get; set; }

    public partial Stream Model { get; set; }

    [Step]
    Transition Start()
    {
        var numbers = new double[Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i * 0.5;
        }

        var file = new FileStream(
            Path.Combine(Current.TempFolder, "model"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 4096,
            FileOptions.DeleteOnClose);
        file.SetLength(Length);
        file.Position = Length - 1;
        file.WriteByte(7);
        (Numbers, Model) = (numbers, file);
        return Next(End);
    }

    [Step]
    void End()
    {
        Model.Position = Model.Length - 1;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Numbers.Length} {Numbers[1]} {Numbers[^1]} {Model.Length} {Model.ReadByte()}"));
    }
}
