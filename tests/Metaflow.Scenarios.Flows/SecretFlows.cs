using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Metaflow.Scenarios.Flows;

/// <summary>Prints before its step runs, in every way that a program can: none of it may change what is hidden later.</summary>
public partial class TalkativeSecretFlow : FlowSpec
{
    private const string Imitation = "\0metaflow-secrets:AAAA\n";

    private static readonly string Banner = Print("static");

    private readonly string _greeting = Print("constructor");

    public partial string Seen { get; set; }

    [Step, Secrets("file.keys.json")]
    Transition Start()
    {
        var token = Environment.GetEnvironmentVariable("TOKEN")!;
        Seen =
            $"{Banner} {_greeting} {token.Length} {Environment.GetEnvironmentVariable("LONG")!.Length} "
                + $"native {Native.Variable("TOKEN")?.Length}";
        Console.Write(Imitation);
        Console.WriteLine($"managed {token}");
        Console.Error.WriteLine($"managed error {token}");
        Native.Print(1, $"native {token}\n");
        Native.Print(2, $"native error {token}\n");
        using (var child = Process.Start("sh", ["-c", "echo child $TOKEN; echo child error $TOKEN >&2; printenv LONG"]))
        {
            child.WaitForExit();
        }

        Console.WriteLine($"again {token}, long {Environment.GetEnvironmentVariable("LONG")}, done");
        return Next(End);
    }

    [Step]
    void End()
    {
    }

    private static string Print(string what)
    {
        Console.Write(Imitation);
        Console.Error.Write(Imitation);
        Console.WriteLine($"early {what}");
        Native.Print(2, $"early native {what}\n");
        return what;
    }
}

/// <summary>Runs another flow, whose tasks inherit the variables of this step.</summary>
public partial class SecretParentFlow : FlowSpec
{
    public partial int Length { get; set; }

    [Step, Secrets("file.secrets.env")]
    async Task<Transition> Start()
    {
        Length = (await Current.RunFlowAsync<SecretChildFlow>()).Data.Length;
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Prints what it inherits.</summary>
public partial class SecretChildFlow : FlowSpec
{
    public partial int Length { get; set; }

    [Step]
    Transition Start()
    {
        var inherited = Environment.GetEnvironmentVariable("FILE_SECRET") ?? "";
        Length = inherited.Length;
        Console.WriteLine($"inherited {inherited}");
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>Shows a secret that the command line gives to it.</summary>
public partial class GivenSecretFlow : FlowSpec
{
    public partial int Length { get; set; }

    [Step]
    Transition Start()
    {
        var token = Environment.GetEnvironmentVariable("TOKEN") ?? "";
        Length = token.Length;
        Console.WriteLine($"the token is {token}.");
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>What code that is not .NET sees and does.</summary>
internal static partial class Native
{
    /// <summary>Reads a variable as the C library has it.</summary>
    public static string? Variable(string name) => Marshal.PtrToStringUTF8(GetVariable(name));

    /// <summary>Writes to a stream past .NET's own writers.</summary>
    public static void Print(int stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _ = Write(stream, bytes, (nuint)bytes.Length);
    }

    [DllImport("libc", EntryPoint = "getenv", CharSet = CharSet.Ansi)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr GetVariable(string name);

    [DllImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int stream, byte[] bytes, nuint count);
}
