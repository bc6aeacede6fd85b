using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>Output of every kind.</summary>
public partial class OutputFlow : FlowSpec
{
    [Step]
    Transition Start()
    {
        Console.Write("half a line");
        Thread.Sleep(700);
        Console.WriteLine(" and the rest");
        Console.WriteLine("    indented with *stars*");
        Console.WriteLine("[MFLOG|0|not really");
        Console.WriteLine("zwölf Boxkämpfer 🥊");
        Console.Error.WriteLine("to the error stream");
        for (var i = 0; i < 5; i++)
        {
            Console.WriteLine($"burst {i}");
        }

        var read = Console.In.ReadLine();
        Console.WriteLine($"stdin: {read ?? "closed"}");
        return Next(End);
    }

    [Step]
    void End() => Console.Write("no newline at the end");
}

/// <summary>A kind of thing.</summary>
public enum Colour
{
    Red,
    DeepBlue,
}

/// <summary>A record in a record.</summary>
public sealed record Point(int X, double Y, Point? Inner = null);

/// <summary>Artifacts: set, read, changed in place, passed on.</summary>
public partial class ArtifactsFlow : FlowSpec
{
    public partial List<int> Changed { get; set; }

    public partial List<int> OnlyRead { get; set; }

    public partial double[] Untouched { get; set; }

    public partial Point Nested { get; set; }

    public partial Colour Colour { get; set; }

    public partial Dictionary<string, decimal> Prices { get; set; }

    public partial DateTimeOffset When { get; set; }

    public partial byte[] Raw { get; set; }

    public partial string? Nothing { get; set; }

    public partial int Sum { get; set; }

    [Artifact(Name = "renamed_one")]
    public partial string Other { get; set; }

    [Step]
    Transition Start()
    {
        Changed = [1];
        OnlyRead = [1, 2, 3];
        Untouched = [1.5, 2.5];
        Nested = new Point(1, 2.5, new Point(3, 4));
        Colour = Colour.DeepBlue;
        Prices = new() { ["apple pie"] = 1.10m };
        When = new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(2));
        Raw = [0, 1, 255];
        Nothing = null;
        Other = "name of its own";
        return Next(Middle);
    }

    [Step]
    Transition Middle()
    {
        Changed.Add(2);
        Sum = OnlyRead.Sum();
        return Next(End);
    }

    [Step]
    void End()
        => Console.WriteLine(
            $"{string.Join(',', Changed)} {Sum} {Untouched[1]} {Nested.Inner!.X} {Colour} {Prices["apple pie"]} {Nothing ?? "null"}");
}

/// <summary>What a run is tuned with.</summary>
public sealed record Tuning(double Rate, int MaxDepth);

/// <summary>Parameters of every type.</summary>
public partial class ParametersFlow : FlowSpec
{
    [Parameter(Default = false, Help = "A switch.")]
    public partial bool Flag { get; }

    [Parameter(Default = 3)]
    public partial int Whole { get; }

    [Parameter(Default = 5_000_000_000L)]
    public partial long Big { get; }

    [Parameter(Default = 0.5)]
    public partial double Real { get; }

    [Parameter(Default = "9.99")]
    public partial decimal Price { get; }

    [Parameter(Required = true)]
    public partial string Text { get; }

    [Parameter(Default = Colour.Red)]
    public partial Colour Colour { get; }

    [Parameter(Default = "2026-11-22")]
    public partial DateOnly Day { get; }

    [Parameter(Default = "2026-11-22T01:02:03+02:00")]
    public partial DateTimeOffset Moment { get; }

    [Parameter(Default = "00:01:30")]
    public partial TimeSpan Span { get; }

    [Parameter(Default = """{"rate": 0.25, "max_depth": 3}""")]
    public partial Tuning Tuning { get; }

    [Parameter(DefaultFrom = nameof(ComputeStamp))]
    public partial string Stamp { get; }

    [Parameter]
    public partial string? Absent { get; }

    /// <summary>A file.</summary>
    [IncludeFile]
    public partial string? File { get; }

    public partial string Summary { get; set; }

    static string ComputeStamp() => "computed";

    [Step]
    Transition Start()
    {
        Summary = FormattableString.Invariant($"{Flag} {Whole} {Big} {Real} {Price} {Text} {Colour} {Day:O} {Moment:O} {Span} ")
            + FormattableString.Invariant($"{Tuning.Rate}/{Tuning.MaxDepth} {Stamp} {Absent ?? "null"} {File ?? "null"}");
        Console.WriteLine(Summary);
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>An artifact that turns out not to be storable, and one that was never set.</summary>
public partial class WrongArtifactFlow : FlowSpec
{
    [Parameter(Default = "unstorable")]
    public partial string Way { get; }

    public partial object Anything { get; set; }

    public partial int Late { get; set; }

    [Step]
    Transition Start()
    {
        if (Way == "unstorable")
        {
            Anything = new List<object> { "fine", new Action(() => { }) };
        }
        else
        {
#pragma warning disable MF1025 // What happens at run time is what this flow is for.
            Anything = Late;
#pragma warning restore MF1025
        }

        return Next(End);
    }

    [Step]
    void End() => Late = 1;
}

/// <summary>Says what a task process has loaded.</summary>
public partial class LoadedFlow : FlowSpec
{
    [Step]
    void Start()
        => Console.WriteLine("loaded: "
            + string.Join(' ', AppDomain.CurrentDomain.GetAssemblies().Select(static assembly => assembly.GetName().Name)));
}
