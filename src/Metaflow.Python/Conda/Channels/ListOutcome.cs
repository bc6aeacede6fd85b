namespace Metaflow.Python.Conda.Channels;

/// <summary>What a channel answers when a list is asked for.</summary>
internal enum ListOutcome
{
    /// <summary>There is no such list.</summary>
    Missing,

    /// <summary>It has not changed.</summary>
    Unchanged,

    /// <summary>It follows.</summary>
    Sent,
}
