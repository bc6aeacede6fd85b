using Metaflow.Serialization;

namespace Metaflow.Testing.Tests.Flows;

/// <summary>Sets what the next step would not read as it was set, in the way that it is told.</summary>
public partial class LosingFlow : FlowSpec
{
    [Parameter(Default = "none")]
    public partial string Kind { get; }

    public partial Report Report { get; set; }

    public partial Shape Shape { get; set; }

    public partial object? Anything { get; set; }

    [Step]
    private Transition Start()
    {
        Report = new Report { Hits = Kind == "total" ? 3 : 0 };
        Shape = Kind == "derived" ? new Disc() : new Shape();
        Anything = Kind == "private" ? new Hidden(1) : null;
        return Next(
            Each,
            forEach: new List<Report>
            {
                Kind == "derived item" ? new LongReport() : new Report(), new Report { Hits = Kind == "items" ? 2 : 0 },
            });
    }

    [Step]
    private Transition Each(Report report) => Next(Join);

    [Step]
    private Transition Join(Inputs<LosingFlow> inputs) => Next(End);

    [Step]
    private void End()
    {
    }
}

/// <summary>A report whose total follows from what is not stored.</summary>
public class Report
{
    [ArtifactIgnore]
    public int Hits { get; set; }

    public int Total => Hits;
}

/// <summary>A report with more.</summary>
public sealed class LongReport : Report
{
    public string Text { get; set; } = "";
}

/// <summary>A shape of any kind.</summary>
public class Shape
{
    public string Name { get; set; } = "";
}

/// <summary>A shape of one kind.</summary>
public sealed class Disc : Shape
{
    public double Radius { get; set; }
}

/// <summary>An object with state of its own.</summary>
public sealed class Hidden(int kept)
{
    private readonly int _kept = kept;

    public bool Is(int other) => _kept == other;
}
