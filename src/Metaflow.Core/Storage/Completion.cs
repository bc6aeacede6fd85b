namespace Metaflow.Storage;

/// <summary>Waits for work that a local store has done already, and blocks for a remote one.</summary>
internal static class Completion
{
    /// <summary>Waits for a result.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="work">The work.</param>
    /// <returns>The result.</returns>
    public static T Of<T>(ValueTask<T> work) => work.IsCompleted ? work.GetAwaiter().GetResult() : work.AsTask().GetAwaiter().GetResult();

    /// <summary>Waits for a result.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="work">The work.</param>
    /// <returns>The result.</returns>
    public static T Of<T>(Task<T> work) => work.GetAwaiter().GetResult();

    /// <summary>Waits for the end of work.</summary>
    /// <param name="work">The work.</param>
    public static void Of(Task work) => work.GetAwaiter().GetResult();

    /// <summary>Waits for all items.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="items">The items.</param>
    /// <returns>The items in order.</returns>
    public static IReadOnlyList<T> Of<T>(IAsyncEnumerable<T> items) => Of(ListAsync(items));

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
