using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Commands;

/// <summary>Finds the run that a command works on.</summary>
internal static class RunChoice
{
    /// <summary>The word for the newest run of the namespace.</summary>
    public const string Latest = RunWords.Latest;

    /// <summary>The word for the newest run of the namespace that failed, was stopped, or died.</summary>
    public const string LatestFailed = RunWords.LatestFailed;

    /// <summary>Returns the flow, seen from a namespace.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="space">The namespace; <see langword="null"/> for all.</param>
    /// <exception cref="ConfigurationException">MF2102: the flow has no runs.</exception>
    /// <exception cref="MetadataException">MF5005: it was, but not in the namespace.</exception>
    public static FlowHandle Flow(FlowContext context, string? space)
    {
        var name = context.Application.Definition.FlowName;
        try
        {
            return new MetaflowClient(context.Application.Settings).WithNamespace(space).Flow(name);
        }
        catch (MetadataException error) when (error.Code == ErrorCodes.ObjectNotFound)
        {
            throw new ConfigurationException(
                ErrorCodes.FlowNeverRun,
                $"No run was found of the flow '{name}'.",
                $"The datastore '{context.Application.Settings.Datastore.Root}' has none.",
                $"Run it with '{context.Application.Invocation} run', or name another datastore with '--datastore-root'.",
                error);
        }
        catch (MetadataException error) when (error.Code == ErrorCodes.OutsideNamespace)
        {
            throw Outside(error);
        }
    }

    /// <summary>Returns a run of the flow.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="runId">The run's id, also with the flow's name before it, <c>latest</c> or <c>latest-failed</c>.</param>
    /// <param name="space">The namespace; <see langword="null"/> for all.</param>
    /// <exception cref="ConfigurationException">MF2102: the flow has no runs.</exception>
    /// <exception cref="MetadataException">MF5004 or MF5005: the run does not exist, or is outside the namespace.</exception>
    public static RunHandle Find(FlowContext context, string runId, string? space)
    {
        var flow = Flow(context, space);
        try
        {
            return ChosenRun.Of(flow, WithoutFlow(context.Application.Definition.FlowName, runId));
        }
        catch (MetadataException error) when (error.Code == ErrorCodes.OutsideNamespace)
        {
            throw Outside(error);
        }
    }

    // The client's remedy is one of its methods.
    private static MetadataException Outside(MetadataException error)
        => new(
            error.Code, error.What, error.Why,
            (error.NamespaceOfObject is { } other ? $"Look there with '--namespace {other}'. " : "")
                + "'runs --all' lists the runs of all users.",
            error)
        {
            Pathspec = error.Pathspec,
        };

    /// <summary>Returns what follows the flow's name and a slash, where a text begins so.</summary>
    public static string WithoutFlow(string flow, string text)
        => text.StartsWith(flow + "/", StringComparison.Ordinal) ? text[(flow.Length + 1)..] : text;
}
