using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Tool.Commands;

/// <summary>Tells a datastore without flows from one that is not there.</summary>
internal static class NamedDatastore
{
    /// <summary>Opens the datastore that commands list.</summary>
    /// <param name="context">The command's context.</param>
    /// <returns>A client of it.</returns>
    /// <exception cref="MetadataException">MF5004: the user named a folder that does not exist.</exception>
    public static MetaflowClient Open(ToolContext context)
        => IsMissing(context) && context.Line.Text(ToolContext.DatastoreRootOption) is not null
            ? throw ClientErrors.NoDatastore(context.Settings.Datastore.Root)
            : context.Client();

    /// <summary>Says that there is nothing to list, and what to do.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="what">What would be listed, such as <c>flows</c>.</param>
    public static void SayEmpty(ToolContext context, string what)
    {
        var place = context.Line.Text(ToolContext.NamespaceOption) is { } space ? $" in the namespace '{space}'" : "";
        context.Say(IsMissing(context)
            ? $"There are no {what}: the datastore '{context.Settings.Datastore.Root}' does not exist yet. The first run of a flow creates "
                + "it; '--datastore-root' selects another one."
            : $"There are no {what}{place} in the datastore '{context.Settings.Datastore.Root}'. '--datastore-root' selects another one.");
    }

    /// <summary>Returns true if the datastore is a folder that no run has created yet.</summary>
    /// <param name="context">The command's context.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsMissing(ToolContext context)
        => context.Settings.Datastore is { IsLocal: true } local && !Directory.Exists(local.Root);
}
