namespace Metaflow.Graph;

/// <summary>The names of step kinds in <c>_graph_info</c> and <c>output-raw --json</c> (Python Metaflow's).</summary>
internal static class StepKindNames
{
    /// <summary>Returns the name on disk.</summary>
    /// <param name="kind">A kind of step.</param>
    /// <returns>Its name, such as <c>split-foreach</c>.</returns>
    public static string OnDisk(StepKind kind) => kind switch
    {
        StepKind.Start => "start",
        StepKind.Linear => "linear",
        StepKind.End => "end",
        StepKind.Join => "join",
        StepKind.SplitStatic => "split-static",
        StepKind.SplitForeach => "split-foreach",
        StepKind.SplitParallel => "split-parallel",
        _ => "split-switch",
    };
}
