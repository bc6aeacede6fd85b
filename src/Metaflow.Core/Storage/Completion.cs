namespace Metaflow.Storage;

/// <summary>Waits for work that a local store has done already, and blocks for a remote one.</summary>
/// <remarks>The work is started without the thread's <see cref="SynchronizationContext"/>: a store of a package that awaits with it would
/// want to continue on the very thread that waits for it.</remarks>
internal static class Completion
{
    /// <summary>Starts work, and waits for its result.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="work">Starts the work.</param>
    /// <returns>The result.</returns>
    public static T Of<T>(Func<ValueTask<T>> work)
    {
        var started = Start(work);
        return started.IsCompleted ? started.GetAwaiter().GetResult() : started.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Starts work, and waits for its result.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="work">Starts the work.</param>
    /// <returns>The result.</returns>
    public static T Of<T>(Func<Task<T>> work) => Start(work).GetAwaiter().GetResult();

    /// <summary>Starts work, and waits for its end.</summary>
    /// <param name="work">Starts the work.</param>
    public static void Of(Func<Task> work) => Start(work).GetAwaiter().GetResult();

    /// <summary>Waits for all items.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="items">Returns the items.</param>
    /// <returns>The items in order.</returns>
    public static IReadOnlyList<T> Of<T>(Func<IAsyncEnumerable<T>> items) => Of(() => ListAsync(items()));

    /// <summary>Starts work that does not come back to the thread that starts it.</summary>
    /// <typeparam name="TWork">The type of the work, such as a task.</typeparam>
    /// <param name="work">Starts the work.</param>
    /// <returns>The work.</returns>
    public static TWork Start<TWork>(Func<TWork> work)
    {
        // A scheduler of few threads is a context too.
        if (TaskScheduler.Current != TaskScheduler.Default)
        {
            return Task.Run(work).GetAwaiter().GetResult();
        }

        if (SynchronizationContext.Current is not { } context)
        {
            return work();
        }

        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return work();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static async ValueTask<IReadOnlyList<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items.ConfigureAwait(false))
        {
            list.Add(item);
        }

        return list;
    }
}
