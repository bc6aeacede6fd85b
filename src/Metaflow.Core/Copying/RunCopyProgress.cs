namespace Metaflow.Copying;

/// <summary>How far a copy of a run is.</summary>
/// <param name="Tasks">How many tasks are done.</param>
/// <param name="AllTasks">How many tasks the run has.</param>
/// <param name="SentObjects">How many objects were stored in the target.</param>
/// <param name="SentBytes">How many bytes were read for the target, including those of objects that are being sent.</param>
/// <param name="FoundObjects">How many objects the target had already.</param>
public readonly record struct RunCopyProgress(int Tasks, int AllTasks, long SentObjects, long SentBytes, long FoundObjects);
