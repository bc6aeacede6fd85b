using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>A flow that is all of one step.</summary>
public partial class OneStepFlow : FlowSpec
{
    public partial string Said { get; set; }

    [Step]
    void Only() => Said = "all of it";
}

/// <summary>A flow whose first and last step have names of their own, and its own name too.</summary>
[Flow(Name = "RenamedFlow")]
public partial class FreeNamesFlow : FlowSpec
{
    public partial string Text { get; set; }

    [Step(Start = true)]
    Transition Begin()
    {
        Text = "begun";
        return Next(Middle);
    }

    [Step(Name = "half_way")]
    Transition Middle()
    {
        Text += " half";
        return Next(Finish);
    }

    [Step(End = true)]
    void Finish() => Text += " done";
}

/// <summary>A whole flow that others derive from.</summary>
[Retry(Times = 3)]
public partial class FamilyFlow : FlowSpec
{
    public const string House = "base house";

    [Parameter(Default = "base")]
    public partial string Origin { get; }

    public partial string Trail { get; set; }

    public partial StepFailure? Failed { get; set; }

    [Step]
    Transition Start()
    {
        Trail = Origin;
        return Next(Work);
    }

    [Step(Name = "labour"), Catch(Var = nameof(Failed))]
    protected virtual Transition Work()
    {
        Trail += " base";
        return Next(End);
    }

    [Step]
    protected virtual void End() => Console.WriteLine($"attempt {Current.Attempt} {Trail}");
}

/// <summary>Replaces a step with its decorators, a decorator of the flow, and adds a parameter.</summary>
[Retry(Times = 1)]
public partial class ChildFamilyFlow : FamilyFlow
{
    [Parameter(Default = 0)]
    public partial int FailingAttempts { get; }

    [Step]
    protected override Transition Work()
    {
        if (Current.Attempt < FailingAttempts)
        {
            throw new InvalidOperationException("the child fails");
        }

        Trail += " child";
        return Next(Extra);
    }

    [Step]
    Transition Extra()
    {
        Trail += " extra";
        return Next(End);
    }
}
