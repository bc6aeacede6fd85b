using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>One branch leaves a line open for seconds while the other goes on.</summary>
public partial class HalfLineFlow : FlowSpec
{
    // In the working folder.
    const string SiblingEnded = "sibling-ended";

    [Step]
    Transition Start() => Next(Talk, Work);

    [Step]
    Transition Talk()
    {
        Console.Write("a line that is not ov");
        for (var wait = 0; wait < 3_000 && !File.Exists(SiblingEnded); wait++)
        {
            Thread.Sleep(20);
        }

        Thread.Sleep(2000);
        Console.WriteLine("er yet");
        return Next(Join);
    }

    [Step]
    Transition Work()
    {
        Console.WriteLine("first step of the sibling");
        return Next(WorkMore);
    }

    [Step]
    Transition WorkMore()
    {
        Console.WriteLine("second step of the sibling");
        File.WriteAllText(SiblingEnded, "");
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<HalfLineFlow> inputs) => Next(End);

    [Step]
    void End()
    {
    }
}

/// <summary>Is tried again after a wait.</summary>
public partial class WaitingRetryFlow : FlowSpec
{
    [Step, Retry(Times = 1, SecondsBetweenRetries = 2)]
    Transition Start()
    {
        Console.WriteLine($"attempt {Current.Attempt}");
        return Current.Attempt == 0 ? throw new InvalidOperationException("not yet") : Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>The tasks of a foreach arrive at the join from two steps, the later ones first.</summary>
public partial class SeveralLastStepsFlow : FlowSpec
{
    public partial int Number { get; set; }

    public partial List<int> Numbers { get; set; }

    [Step]
    Transition Start() => Next(Choose, forEach: Enumerable.Range(0, 6));

    [Step]
    Transition Choose(int number)
    {
        Number = number;
        return number % 2 == 0 ? Next(Even) : Next(Odd);
    }

    [Step]
    Transition Even()
    {
        Thread.Sleep(100 * (6 - Number));
        return Next(Join);
    }

    [Step]
    Transition Odd() => Next(Join);

    [Step]
    Transition Join(Inputs<SeveralLastStepsFlow> inputs)
    {
        Numbers = [.. inputs.Select(input => input.Number)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Removes an artifact that it inherited, and one that it set.</summary>
public partial class RemovedArtifactFlow : FlowSpec
{
    public partial string Kept { get; set; }

    public partial List<int> Large { get; set; }

    public partial string Passing { get; set; }

    public partial string Again { get; set; }

    [Step]
    Transition Start()
    {
        Kept = "kept";
        Large = [.. Enumerable.Range(0, 1000)];
        Again = "before";
        return Next(Middle);
    }

    [Step]
    Transition Middle()
    {
        Passing = $"{Large.Count} numbers";
        Console.WriteLine(Passing);
        RemoveArtifact(nameof(Large));
        RemoveArtifact(nameof(Passing));
        RemoveArtifact(nameof(Again));
        Again = "after";
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"{Kept} {Again}");
}
