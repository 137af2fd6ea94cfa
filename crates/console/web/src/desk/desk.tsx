export default function Desk() { return <main><h1>desk</h1></main>; }
