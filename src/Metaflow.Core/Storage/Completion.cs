namespace Metaflow.Storage;

/// <summary>Waits for work that a local store has done already, and blocks for a remote one.</summary>
internal static class Completion
{
    /// <summary>Waits for a result.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="work">The work.</param>
    /// <returns>The result.</returns>
    public static T Of<T>(ValueTask<T> work) => work.IsCompleted ? work.GetAwaiter().GetResult() : work.AsTask().GetAwaiter().GetResult();
}
