namespace Metaflow.Runs;

/// <summary>The names in the records of a journal that others than its writer look for.</summary>
internal static class JournalFields
{
    /// <summary>The session that begins with a record.</summary>
    public const string Session = "session";

    /// <summary>Of a session: what marks the processes of its tasks.</summary>
    public const string Mark = "mark";

    /// <summary>What the scheduler was told.</summary>
    public const string Events = "events";

    /// <summary>Of an event: which it is.</summary>
    public const string Kind = "event";

    /// <summary>Of an event: the task's id.</summary>
    public const string Task = "task";

    /// <summary>Of an event: what runs the task.</summary>
    public const string Handle = "handle";

    /// <summary>The kind of event that says what runs a task.</summary>
    public const string Launched = "launched";
}
