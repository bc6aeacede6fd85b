using System.Reflection;
using Metaflow.Launching;
using Metaflow.Storage;

namespace Metaflow.Programs;

/// <summary>Says how a flow runs that a step runs.</summary>
internal static class ChildFlow
{
    private const string TaskHost = "Metaflow.TaskHost";

    /// <summary>Completes what the step asked for.</summary>
    /// <param name="parent">The step's task.</param>
    /// <param name="flow">The class of the flow to run.</param>
    /// <param name="options">What the step asked for.</param>
    /// <param name="output">Is told what happens.</param>
    /// <returns>The options.</returns>
    public static FlowRunOptions Options(Current parent, Type flow, FlowRunOptions options, ChildFlowOutput output) => options with
    {
        Progress = output,
        ParentTask = parent.Pathspec,
        Namespace = options.Namespace ?? (parent.Namespace.Length > 0 ? parent.Namespace : null),
        DatastoreRoot = options.DatastoreRoot
            ?? (parent.SharesProcess ? null : parent.Stores is { } stores ? StoreAddress.Of(stores.Blobs).ToString() : null),
        Isolation = parent.SharesProcess ? TaskIsolation.InProcess : options.Isolation,
        Stores = parent.SharesProcess ? parent.Stores : options.Stores,
        Program = parent.SharesProcess ? null : ProgramFor(flow),
    };

    /// <summary>A flow program runs tasks of any flow that it can load; a task host is started for each flow.</summary>
    private static ProgramLocation? ProgramFor(Type flow)
        => Assembly.GetEntryAssembly()?.GetName().Name == TaskHost ? null : ProgramLocation.Find().With(ChildProgram.Select(flow));
}
