using System.Runtime.InteropServices;
using Metaflow.Faults;

// Runs a program, numbers the writes of it and of all that it starts below a folder, writes them down, and does something to one of them.
if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
{
    Console.Error.WriteLine("Only programs of 64-bit Linux on x64 can be traced.");
    return FaultArguments.CannotTrace;
}

var arguments = FaultArguments.Parse(args);
using var log = new CallLog(arguments.Log);
return new Tracer(arguments, log).Run();
