namespace Metaflow.Serialization;

/// <summary>Goes on with a deep recursion where the stack is nearly full: on the fresh stack of another thread, waited for.</summary>
internal static class DeepStack
{
    /// <summary>The deepest nesting of a key: Python hashes keys by recursion, and gives up at a thousand levels.</summary>
    public const int DeepestKey = 500;

    /// <summary>The most levels of objects within objects that are gone into; each takes about half a kilobyte of stack.</summary>
    public const int DeepestNesting = 100_000;

    public static void Continue(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter()
            .GetResult();

    public static object? Continue(Func<object?> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter()
            .GetResult();
}
