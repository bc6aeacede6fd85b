namespace Metaflow.Cli.Debugging;

/// <summary>A thread of a process, with the managed methods that it is in.</summary>
/// <param name="Id">The id that the system gives it.</param>
/// <param name="Frames">The methods, the innermost first.</param>
internal sealed record StackedThread(uint Id, IReadOnlyList<StackedFrame> Frames)
{
    /// <summary>Gets a value indicating whether code runs in it that is neither the runtime's nor Metaflow's.</summary>
    public bool IsOfAuthor => Frames.Any(static frame => frame.IsOfAuthor);

    /// <summary>Returns the frames without what called the author's code: that is the same for every step.</summary>
    public IReadOnlyList<StackedFrame> WithoutCallers()
        => [.. Frames.Take(Frames.Select(static (frame, index) => frame.IsOfAuthor ? index + 1 : 0).Max())];
}

/// <summary>A method that a thread is in, or that waits for another one.</summary>
/// <param name="Method">The method with its class, as stack traces of .NET write it.</param>
/// <param name="Place">The file and the line, or <see langword="null"/> where the symbols of the assembly are missing.</param>
/// <param name="IsOfAuthor">Whether it is neither the runtime's nor Metaflow's.</param>
internal sealed record StackedFrame(string Method, string? Place, bool IsOfAuthor);

/// <summary>What the managed code of a process was doing at one moment.</summary>
/// <param name="Threads">The threads, those with the author's code first.</param>
/// <param name="Awaiting">Asynchronous methods of the author that no thread runs, each with those that wait for it: the innermost
/// first.</param>
internal sealed record ProcessStacks(IReadOnlyList<StackedThread> Threads, IReadOnlyList<IReadOnlyList<StackedFrame>> Awaiting);
