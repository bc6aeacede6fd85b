using Metaflow.Client;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Checking;

/// <summary>Looks at a run in one of two ways. Values are in the form in which Python shows them.</summary>
internal abstract class CaseCheck(MatrixRun run)
{
    public MatrixRun Case { get; } = run;

    public MatrixGraph Graph => Case.Graph;

    /// <summary>Gets the run of the client; <see langword="null"/> when looking through the command line.</summary>
    public virtual RunHandle? Run => null;

    /// <summary>Returns the text of an artifact for each task of a step that has it.</summary>
    public abstract IReadOnlyDictionary<string, string> Artifact(string step, string name);

    /// <summary>Returns a stream of all tasks of a step.</summary>
    public abstract string Log(string step, string stream);

    /// <summary>Gets the tags that users set.</summary>
    public abstract IReadOnlyCollection<string> UserTags { get; }

    /// <summary>Gets the tags that the framework set.</summary>
    public abstract IReadOnlyCollection<string> SystemTags { get; }

    /// <summary>Adds and removes user tags in one step; fails when any of them cannot be.</summary>
    public abstract void ChangeTags(IReadOnlyList<string> add, IReadOnlyList<string> remove);

    /// <summary>Says that a step has no tasks.</summary>
    public abstract void NotRun(string step);

    /// <summary>Says that every task of a step has an artifact of this value.</summary>
    public void Has(string step, string name, object? expected)
    {
        var values = Artifact(step, name);
        Assert.NotEmpty(values);
        Assert.All(values, value => Assert.Equal(PythonText.Of(expected), value.Value));
    }

    /// <summary>Says that every step of the graph has an artifact of this value.</summary>
    public void HasEverywhere(string name, object? expected)
    {
        foreach (var step in Graph.Steps)
        {
            Has(step.Name, name, expected);
        }
    }

    public void Lacks(string step, string name) => Assert.Empty(Artifact(step, name));
}
