namespace Metaflow.Architecture.Tests.Rules;

internal static class Problems
{
    /// <summary>Fails with all problems, each on a line: the assertion on collections shows the first few only.</summary>
    public static void AssertNone(IEnumerable<string> problems)
    {
        var found = problems.ToList();
        if (found.Count > 0)
        {
            Assert.Fail($"{found.Count} problems:\n{string.Join('\n', found)}");
        }
    }
}
