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

    /// <summary>Of an event: the steps that a task moves on to.</summary>
    public const string Next = "next";

    /// <summary>The kind of event that says that the run began, and which task keeps its parameters.</summary>
    public const string Started = "started";

    /// <summary>The kind of event that says what runs a task.</summary>
    public const string Launched = "launched";

    /// <summary>The kind of event that says that a task finished, and that its results are durable.</summary>
    public const string Finished = "finished";
}
