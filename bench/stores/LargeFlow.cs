using System.Globalization;
using Metaflow;

/// <summary>Two steps that hand a large value on: 256 MiB of random doubles, 1 GiB of text in lines, or nothing, to take off what making
/// the value costs.</summary>
public sealed partial class LargeFlow : FlowSpec
{
    private const int Numbers = 1 << 25;
    private const int Lines = 10_737_418;
    private static readonly string Rest = new('x', 91);

    /// <summary>What to hand on: <c>doubles</c>, <c>lines</c>.</summary>
    [Parameter(Help = "doubles or lines")]
    public partial string Kind { get; }

    /// <summary>Whether the value is made, and not stored.</summary>
    [Parameter(Help = "make the value and do not store it")]
    public partial bool OnlyMakes { get; }

    public partial double[] Doubles { get; set; }

    public partial string[] Text { get; set; }

    [Step]
    Transition Start()
    {
        var (doubles, text) = Kind == "doubles" ? (MakeDoubles(), Array.Empty<string>()) : ([], MakeText());
        if (!OnlyMakes)
        {
            (Doubles, Text) = (doubles, text);
        }

        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(OnlyMakes ? 0 : Kind == "doubles" ? Doubles.Length : Text.Length);

    private static double[] MakeDoubles()
    {
        var data = new double[Numbers];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = Random.Shared.NextDouble();
        }

        return data;
    }

    private static string[] MakeText()
    {
        var text = new string[Lines];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = i.ToString("D9", CultureInfo.InvariantCulture) + Rest;
        }

        return text;
    }
}
