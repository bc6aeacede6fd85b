using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>A base flow whose join merges, whatever a derived class adds.</summary>
public abstract partial class MergeBaseFlow : FlowSpec
{
    [Parameter(Default = 7)]
    public partial int Seed { get; }

    public partial List<int> FromStart { get; set; }

    [Step]
    protected virtual Transition Join(Inputs<MergeFlow> inputs)
    {
        MergeArtifacts(inputs);
        return Next(End);
    }

    [Step]
    protected virtual void End()
    {
    }
}

/// <summary>A branch whose join takes over what agrees, after it has settled what does not.</summary>
public partial class MergeFlow : MergeBaseFlow
{
    public partial string OnlyInOne { get; set; }

    [Artifact(Name = "same_in_both")]
    public partial string Agreed { get; set; }

    public partial string Differs { get; set; }

    public partial string Left { get; set; }

    public partial int Total { get; set; }

    [Step]
    Transition Start()
    {
        FromStart = [1, 2, 3];
        return Next(A, B);
    }

    [Step]
    Transition A()
    {
        OnlyInOne = "a";
        Agreed = "x" + "y";
        Differs = "a";
        Left = "left";
        return Next(Join);
    }

    [Step]
    Transition B()
    {
        Agreed = string.Concat("x", "y");
        Differs = "b";
        Left = "right";
        return Next(Join);
    }

    [Step]
    protected override Transition Join(Inputs<MergeFlow> inputs)
    {
        Differs = string.Concat(inputs.Select(input => input.Differs));
        MergeArtifacts(inputs, exclude: [nameof(Left)]);
        Total = FromStart.Sum() + Agreed.Length;
        return Next(End);
    }
}

/// <summary>A foreach whose join takes over named artifacts, and whose second join all of a nested one.</summary>
public partial class MergeForeachFlow : FlowSpec
{
    public partial double[] Table { get; set; }

    public partial string Unit { get; set; }

    public partial int Value { get; set; }

    public partial List<int> Values { get; set; }

    public partial string Shown { get; set; }

    [Step]
    Transition Start()
    {
        Table = [.. Enumerable.Range(0, 1000).Select(static i => i * 0.5)];
        return Next(Work, forEach: new[] { 3, 1, 2 });
    }

    [Step]
    Transition Work(int value)
    {
        Unit = "kg";
        Value = value;
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<MergeForeachFlow> inputs)
    {
        MergeArtifacts(inputs, include: [nameof(Unit), "table"]);
        Values = [.. inputs.Select(static input => input.Value)];
        return Next(Split);
    }

    [Step]
    Transition Split() => Next(Left, Right);

    [Step]
    Transition Left() => Next(Join2);

    [Step]
    Transition Right() => Next(Join2);

    [Step]
    Transition Join2(Inputs<MergeForeachFlow> inputs)
    {
        MergeArtifacts(inputs);
        return Next(End);
    }

    [Step]
    void End() => Shown = $"{Unit} {Table.Length} {string.Join(' ', Values)}";
}

/// <summary>Makes the mistake that its parameter names.</summary>
public partial class MergeMistakesFlow : FlowSpec
{
    [Parameter]
    public partial string Mistake { get; }

    public partial string One { get; set; }

    public partial string Two { get; set; }

    public partial string Never { get; set; }

    [Step]
    Transition Start() => Next(A, B);

    [Step]
    Transition A()
    {
        One = Two = "a";
        return Next(Join);
    }

    [Step]
    Transition B()
    {
        One = Two = "b";
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<MergeMistakesFlow> inputs)
    {
#pragma warning disable MF1081, MF1082, MF1083 // What happens at run time is what this flow is for.
        switch (Mistake)
        {
            case "conflict": MergeArtifacts(inputs); break;
            case "missing": MergeArtifacts(inputs, include: [nameof(Never)]); break;
            case "both": MergeArtifacts(inputs, [nameof(One)], [nameof(Two)]); break;
            case "unknown": MergeArtifacts(inputs, exclude: ["Onn"]); break;
            case "input": inputs[0].MergeArtifacts(inputs); break;
            default: MergeArtifacts(inputs, exclude: [nameof(One), nameof(Two)]); break;
        }
#pragma warning restore MF1081, MF1082, MF1083

        return Next(End);
    }

    [Step]
    void End()
    {
    }
}
